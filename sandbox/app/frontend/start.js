// Puts the words under the two drawings of start.html.
export default function ({ data, parentElement }) {
  parentElement.querySelectorAll('section').forEach((section, i) => {
    section.querySelector('h3').textContent = data[i].name;
    section.querySelector('p').textContent = data[i].text;
  });
}

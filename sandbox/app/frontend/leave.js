// Loads the page anew at another query, so that a proxy can look at it again.

export default function ({ data }) {
  const [page, query] = [data.page, new URLSearchParams(data.params).toString()];
  if (location.pathname.replace(/\/+$/, '').split('/').pop() === page) location.replace(`${location.pathname}?${query}`);
}

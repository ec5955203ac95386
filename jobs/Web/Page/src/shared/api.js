/** JSON from the service; a refusal becomes an Error whose message is the service's sentence. */
export async function getJson(address, signal) {
  const answer = await fetch(address, { signal, headers: { Accept: 'application/json' } });
  if (answer.ok) return answer.json();
  throw await refusal(answer);
}

export async function refusal(answer) {
  let detail = `${answer.status} ${answer.statusText}`;
  if (answer.headers.get('Content-Type')?.includes('json')) {
    const problem = await answer.json();
    detail = problem.detail ?? problem.title ?? detail;
  }
  return Object.assign(new Error(detail), { status: answer.status });
}

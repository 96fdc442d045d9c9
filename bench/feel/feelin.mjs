// Times feelin on the cases of cases.tsv: node feelin.mjs FEELIN-MODULE CASES. feelin's public interface has no call that
// evaluates a text it has parsed before, so its time includes parsing; the second column is parsing alone.
import { readFileSync } from 'node:fs';

const { evaluate, parseExpression } = await import(process.argv[2]);
const value = (result) => (result !== null && typeof result === 'object' && 'value' in result ? result.value : result);

const cpuNanos = () => (({ user, system }) => (user + system) * 1000)(process.cpuUsage());

/** The best mean of five rounds, in nanoseconds of CPU time. */
function timed(work) {
  let best = Infinity;
  for (let round = 0; round < 5; ++round) {
    const from = cpuNanos();
    let count = 0;
    while (cpuNanos() - from < 100_000_000) {
      for (let i = 0; i < 50; ++i) work();
      count += 50;
    }
    best = Math.min(best, (cpuNanos() - from) / count);
  }
  return best;
}

for (const line of readFileSync(process.argv[3], 'utf8').trim().split('\n')) {
  const [name, contextText, text] = line.split('\t');
  const context = value(evaluate(contextText));
  const result = value(evaluate(text, context));
  const both = timed(() => evaluate(text, context));
  const parsing = timed(() => parseExpression(text, context));
  console.log([name, both.toFixed(1), JSON.stringify(result), parsing.toFixed(1)].join('\t'));
}

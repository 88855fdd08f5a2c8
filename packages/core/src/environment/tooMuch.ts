/** What would keep the parser busy: it takes some 40 µs for each part, and longer the deeper they are nested. */
import { Lexer } from 'yaml';

/** Keys, values and marks; a manifest has some hundred, and a text of many lines is one. */
const MAX_PARTS = 30_000;
const MAX_DEPTH = 100;

/** A sentence, or undefined when a parser can be given it. Stops reading at the bound. */
export function tooMuch(text: string): string | undefined {
  let parts = 0;
  let flow = 0;
  let block = 0;
  for (const part of new Lexer().lex(text)) {
    if (++parts > MAX_PARTS) {
      return `It has more than ${MAX_PARTS} keys, values and marks, which no manifest needs, and was not read.`;
    }
    if (part === '[' || part === '{') {
      flow++;
    } else if (part === ']' || part === '}') {
      flow = Math.max(0, flow - 1);
    } else if (part === '-' || part === '?') {
      block++;
    } else if (part.startsWith('\n') || part.startsWith('\r')) {
      block = 0;
    }
    if (flow > MAX_DEPTH || block > MAX_DEPTH) {
      return `It is nested more than ${MAX_DEPTH} deep, and was not read.`;
    }
  }
  return undefined;
}

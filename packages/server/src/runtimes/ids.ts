/** Names for new runtimes. */
import { ulid } from 'ulid';

/** `r` and a lower-case ULID. */
export const newRuntimeId = (now: Date): string => `r${ulid(now.getTime()).toLowerCase()}`;

/** The first of `<title>`, `<title> 2`, … that is not taken. */
export function freeName(title: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? title : `${title} ${n}`;
    if (!taken.has(name)) {
      return name;
    }
  }
}

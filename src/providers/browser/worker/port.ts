import { emit } from './events';
import type { Input } from './input';

/** What our Python calls; see py/install.py. */
export interface IPort {
  publish(
    msgType: string,
    content: Uint8Array<ArrayBuffer>,
    metadata: string,
    buffers: Uint8Array<ArrayBuffer>[]
  ): void;
  stream(name: string, text: string): void;
  /** @returns undefined, which is Python's None, when the user stopped the cell. */
  input(prompt: string, password: boolean): string | undefined;
  /** Whether `wait` can be used. */
  readonly canWait: boolean;
  /** Block until an interrupt, or for so many milliseconds. */
  wait(ms: number): void;
  cleanUp(): void;
}

/** What a port is made from. */
export interface IPortParts {
  readonly input: Input;
  /** Where the page wakes a waiting worker; null without shared memory. */
  readonly alarm: Int32Array<SharedArrayBuffer> | null;
  /** JSON of the header of the request that is being answered. */
  parent(): string;
  clearInterrupt(): void;
}

export function makePort({ input, alarm, parent, clearInterrupt }: IPortParts): IPort {
  return {
    publish: (msgType, content, metadata, buffers) => {
      const parts = buffers.map(exactBuffer);
      emit({ kind: 'publish', msgType, parent: parent(), content, metadata, buffers: parts }, [
        content.buffer,
        ...parts
      ]);
    },
    stream: (name, text) => emit({ kind: 'stream', name, text, parent: parent() }),
    input: (prompt, password) => input.ask(prompt, password, parent()) ?? undefined,
    canWait: alarm !== null,
    wait: ms => {
      if (alarm) {
        Atomics.wait(alarm, 0, 0, ms);
      }
    },
    cleanUp: clearInterrupt
  };
}

/** The bytes alone, where an array is a view of more. */
function exactBuffer(view: Uint8Array<ArrayBuffer>): ArrayBuffer {
  return view.byteLength === view.buffer.byteLength ? view.buffer : view.slice().buffer;
}

/** A disk of a few megabytes, where this account may make one (root on Linux). */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class SmallDisk {
  /** Whether there can be one here. */
  static readonly isPossible = isPossible();

  /** @param folder Where it appears; made where there is none. */
  constructor(
    readonly folder: string,
    mebibytes: number
  ) {
    mkdirSync(folder, { recursive: true });
    mount(folder, mebibytes);
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.folder);
    return bavail * bsize;
  }

  /** Leave so many bytes free, or fewer. */
  fill(leave: number): void {
    this.empty();
    writeFileSync(this._filler, '');
    for (let part = 1 << 24; part >= 4096; part /= 4) {
      while (this.freeBytes - leave >= part) {
        writeFileSync(this._filler, Buffer.alloc(part, 7), { flag: 'a' });
      }
    }
  }

  /** Remove what `fill` has put there. */
  empty(): void {
    rmSync(this._filler, { force: true });
  }

  /** Programs that still use it keep it until they end. */
  unmount(): void {
    execFileSync('umount', ['--lazy', this.folder]);
  }

  private get _filler(): string {
    return join(this.folder, 'filler');
  }
}

function mount(folder: string, mebibytes: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0700`, 'jlr', folder], {
    stdio: 'ignore'
  });
}

function isPossible(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return false;
  }
  const folder = mkdtempSync(join(tmpdir(), 'jlr-disk-'));
  try {
    mount(folder, 1);
    execFileSync('umount', [folder]);
    return true;
  } catch {
    // A container may not.
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

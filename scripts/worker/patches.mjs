/**
 * Corrections of Pyodide's own files, until they are made there.
 *
 * Addresses above 2 GB reach JavaScript as negative numbers. Three places of
 * 314.0.7 use them as they are, and a kernel with that much data would print
 * and display other parts of its memory. Every other place writes `>>> 0`.
 *
 * The byte by which the page interrupts Python is read and then zeroed: what the
 * page writes between the two is lost, which hit three interrupts in a hundred
 * of a loop that looks at it often. Both in one step, none is.
 */
const CORRECTIONS = [
  ['.subarray(ptr,ptr+len)', '.subarray(ptr>>>0,(ptr>>>0)+len)', '_python2js_ascii'],
  [
    'HEAP8.slice(t,t+n).buffer',
    'HEAP8.slice(t>>>0,(t>>>0)+n).buffer',
    'python2js_buffer_1d_contiguous'
  ],
  [
    '.set(bufferAsUint8Array(buf),ptr)',
    '.set(bufferAsUint8Array(buf),ptr>>>0)',
    'JsvBuffer_assignToPtr'
  ],
  [
    'let result=Module.Py_EmscriptenSignalBuffer[0];Module.Py_EmscriptenSignalBuffer[0]=0;return result',
    'return Atomics.exchange(Module.Py_EmscriptenSignalBuffer,0,0)',
    '_Py_CheckEmscriptenSignals_Helper'
  ]
];

/**
 * @param source Text of pyodide.asm.mjs.
 * @throws Error when a place is not found once: another Pyodide, to be looked at again.
 */
export function correctPyodide(source) {
  return CORRECTIONS.reduce((text, [from, to, where]) => {
    if (text.split(from).length !== 2) {
      throw new Error(
        `Pyodide's ${where} is not what scripts/worker/patches.mjs corrects: see whether it still needs it.`
      );
    }
    return text.replace(from, () => to);
  }, source);
}

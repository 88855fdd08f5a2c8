export { BrowserProvider } from './provider';
export type { IEndedRuntime } from './reload';

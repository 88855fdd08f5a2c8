export { type ICallOptions } from './calls.js';
export * from './frames.js';
export * from './parcelsClient.js';
export { type Fetch, type IServiceAddress } from './request.js';
export * from './runtimesClient.js';
export * from './snapshotsClient.js';
export { type TokensClient } from './tokensClient.js';
export { type IWatchOptions, type RuntimeEvent } from './watch.js';

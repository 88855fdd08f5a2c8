/** The product's version; the bundler puts it in. */
declare const RUNTIMES_VERSION: string | undefined;

export const VERSION: string = typeof RUNTIMES_VERSION === 'undefined' ? '0.0.0' : RUNTIMES_VERSION;

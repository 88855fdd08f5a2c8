export * from './connectionLink';
export * from './kernelPort';
export * from './opfsStore';
export * from './sources';

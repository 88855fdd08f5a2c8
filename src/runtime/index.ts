export * from './manager';
export * from './model';
export * from './rememberedUses';
export * from './ofDocument';

/** The builder turns `import x from './x.svg'` into the file's text. */
declare module '*.svg' {
  const text: string;
  export default text;
}

// What esbuild's loaders make of files that are not code: an icon is its SVG text, a style sheet a side effect.
declare module '*.svg' {
  const text: string;
  export default text;
}
declare module '*.css';

/** A description that was written as Markdown, where only text is shown: on one
 *  line, code without its backticks, links by their words. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/`+|\*\*/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

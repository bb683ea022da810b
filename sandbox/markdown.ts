/** Markdown as GitHub's pages show it, in plain characters: links by their label, and of a folded part the title. */
export function plainMarkdown(markdown: string): string {
  return markdown
    .replace(/<details>\s*<summary>(.*)<\/summary>[\s\S]*?<\/details>/g, "▸ $1")
    .replace(/<sub>(.*)<\/sub>/g, "$1")
    .replace(/\[([^\]\n]*)\]\(https?:[^)\s]*\)/g, "$1")
    .replace(/\*\*([^*\n]+)\*\*/g, "*$1*");
}

/**
 * The review's Markdown as blocks for the page: headings, paragraphs, lists, with links and emphasis. Nothing of it becomes
 * HTML by itself, so that no text of a record can.
 */
export type Inline = { kind: 'text' | 'strong'; text: string } | { kind: 'link'; text: string; href: string }
export type Block =
  | { kind: 'heading'; level: number; text: Inline[]; id: string }
  | { kind: 'paragraph'; text: Inline[] }
  | { kind: 'list'; items: Inline[][] }

function inline(source: string): Inline[] {
  const parts: Inline[] = []
  const pattern = /\[([^\]]*)\]\(([^)\s]*)\)|\*\*([^*]+)\*\*/g
  let at = 0
  for (const match of source.matchAll(pattern)) {
    if (match.index > at) parts.push({ kind: 'text', text: source.slice(at, match.index) })
    if (match[3] !== undefined) parts.push({ kind: 'strong', text: match[3] })
    else parts.push({ kind: 'link', text: match[1] ?? '', href: match[2] ?? '' })
    at = match.index + match[0].length
  }
  if (at < source.length) parts.push({ kind: 'text', text: source.slice(at) })
  return parts
}

export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = []
  for (const chunk of markdown.replaceAll('\r', '').split(/\n{2,}/)) {
    const lines = chunk.split('\n').filter((line) => line.trim() !== '')
    let paragraph: string[] = []
    const close = () => {
      if (paragraph.length) blocks.push({ kind: 'paragraph', text: inline(paragraph.join(' ')) })
      paragraph = []
    }
    for (const line of lines) {
      const heading = /^(#{1,4}) (.*)$/.exec(line)
      const item = /^[-*] (.*)$/.exec(line)
      if (heading) {
        close()
        blocks.push({ kind: 'heading', level: heading[1]!.length, text: inline(heading[2]!), id: 'part-' + blocks.length })
      } else if (item) {
        close()
        const last = blocks.at(-1)
        if (last?.kind === 'list') last.items.push(inline(item[1]!))
        else blocks.push({ kind: 'list', items: [inline(item[1]!)] })
      } else paragraph.push(line.trim())
    }
    close()
  }
  return blocks
}

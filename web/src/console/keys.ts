import { onBeforeUnmount, onMounted } from 'vue'

/** Whether a key goes into a field, where letters are letters. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null
  return !!target && (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable)
}

/** Keys of a page while it is shown: { j: act, 'Ctrl+s': act }. Letters rest while somebody types. */
export function useKeys(keys: Record<string, (event: KeyboardEvent) => void>) {
  const onKey = (event: KeyboardEvent) => {
    const name = (event.ctrlKey || event.metaKey ? 'Ctrl+' : '') + event.key
    const act = keys[name]
    if (!act || document.querySelector('dialog[open]')) return
    if (!name.startsWith('Ctrl+') && isTyping(event)) return
    event.preventDefault()
    act(event)
  }
  onMounted(() => window.addEventListener('keydown', onKey))
  onBeforeUnmount(() => window.removeEventListener('keydown', onKey))
}

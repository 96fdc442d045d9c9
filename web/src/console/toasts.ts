import { ref } from 'vue'

export interface Toast {
  id: number
  text: string
  kind: 'good' | 'bad'
}

export const toasts = ref<Toast[]>([])
let last = 0

/** Says something at the edge of the page for some seconds; what went wrong stays longer. */
export function tell(text: string, kind: Toast['kind'] = 'good') {
  const id = ++last
  toasts.value.push({ id, text, kind })
  setTimeout(() => (toasts.value = toasts.value.filter((each) => each.id !== id)), kind === 'good' ? 4000 : 10000)
}

export const tellFault = (fault: unknown) => tell(fault instanceof Error ? fault.message : String(fault), 'bad')

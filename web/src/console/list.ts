import { computed, ref, shallowRef, type Ref } from 'vue'
import { api, type Query } from '@/shared/api/client'
import type { Page, Register, Row } from './catalogue'

const page_rows = 100

/**
 * The records of a register that match, page after page as they are scrolled to. A newer question stops an older one, so
 * that an answer that comes late never replaces what was asked after it.
 */
export function useList(register: Register, question: Ref<Query>) {
  const rows = shallowRef<Row[]>([])
  const next = ref<string | null>(null)
  const total = ref<number>()
  const fault = ref<unknown>()
  const isBusy = ref(false)
  const milliseconds = ref(0)
  let asking: AbortController | undefined

  async function ask(after: string | null) {
    asking?.abort()
    const mine = (asking = new AbortController())
    isBusy.value = true
    fault.value = undefined
    const began = performance.now()
    try {
      const query = { ...question.value, limit: page_rows, after }
      const page = await api.ask<Page>(`/registers/${register.name}/search`, query, mine.signal)
      rows.value = after ? [...rows.value, ...page.items] : page.items
      next.value = page.next
      milliseconds.value = Math.round(performance.now() - began)
    } catch (refused) {
      if (!mine.signal.aborted) fault.value = refused
    } finally {
      if (asking === mine) isBusy.value = false
    }
  }

  /** Counted apart, for the first rows not to wait for the count of all. */
  async function countAll() {
    total.value = undefined
    const asked = question.value
    const page = await api.ask<Page>(`/registers/${register.name}/search`, { ...asked, limit: 1, total: true }).catch(() => undefined)
    if (asked === question.value) total.value = page?.total
  }

  return {
    rows,
    total,
    fault,
    isBusy,
    milliseconds,
    hasMore: computed(() => next.value !== null),
    begin: async () => {
      void countAll()
      await ask(null)
    },
    more: async () => {
      if (next.value && !isBusy.value) await ask(next.value)
    },
  }
}

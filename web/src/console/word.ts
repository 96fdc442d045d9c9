import { ref, type Ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** The word that goes along with this place in the history. */
export const keptWord = () => String((history.state as { q?: string } | null)?.q ?? '')

/**
 * The word that a page looks for. It is kept for the way back and for loading again, but not in the address, which others
 * keep: it may be somebody's whole identity number. An address that has one (?q=) is read, and rid of it.
 */
export function useWord(): Ref<string> {
  const route = useRoute()
  const { q, ...query } = route.query
  if (q === undefined) return ref(keptWord())
  void useRouter().replace({ path: route.path, query, state: { q: String(q) } })
  return ref(String(q))
}

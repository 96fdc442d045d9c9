import { ref } from 'vue'
import type { Condition } from './filter'

/** What a list shows, kept in this browser under a name. */
export interface View {
  name: string
  conditions: Condition[]
  q: string
  sort: string
  columns: string[]
}

function kept<T>(key: string, otherwise: T): T {
  try {
    return (JSON.parse(localStorage.getItem(key) ?? 'null') as T) ?? otherwise
  } catch {
    return otherwise
  }
}

export function useViews(register: string) {
  const key = `views.${register}`
  const views = ref<View[]>(kept(key, []))
  const write = () => localStorage.setItem(key, JSON.stringify(views.value))
  return {
    views,
    save(view: View) {
      views.value = [...views.value.filter((each) => each.name !== view.name), view]
      write()
    },
    remove(name: string) {
      views.value = views.value.filter((each) => each.name !== name)
      write()
    },
  }
}

export function useColumns(register: string, usual: string[]) {
  const key = `columns.${register}`
  const columns = ref<string[]>(kept(key, usual))
  return {
    columns,
    choose(names: string[]) {
      columns.value = names
      localStorage.setItem(key, JSON.stringify(names))
    },
  }
}

import { ref } from 'vue'
import { api } from '@/shared/api/client'
import type { Title } from '@/shared/language'
import type { Condition } from './filter'
import { tellFault } from './toasts'

/** What a list shows, under a name: kept by the program for whoever named it, and for colleagues when it is shared. */
export interface Shown {
  conditions: Condition[]
  q: string
  sort: string
  columns: string[]
}
export interface View {
  id: string
  name: string
  is_shared: boolean
  is_own: boolean
  who: Title
  view: Shown
}

function kept<T>(key: string, otherwise: T): T {
  try {
    return (JSON.parse(localStorage.getItem(key) ?? 'null') as T) ?? otherwise
  } catch {
    return otherwise
  }
}

export function useViews(register: string) {
  const views = ref<View[]>([])
  async function load() {
    views.value = (await api.get<{ items: View[] }>('/views', { register })).items
  }
  const save = async (name: string, is_shared: boolean, view: Shown) => {
    await api.put('/views', { register, name, is_shared, view })
    await load()
  }
  return {
    views,
    load: () => load().catch(tellFault),
    save,
    async remove(view: View) {
      await api.delete(`/views/${view.id}`)
      await load()
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

import { api } from '@/shared/api/client'
import type { Value } from './catalogue'

/** Records of a register put together by a field. */
export interface Group {
  value: Exclude<Value, unknown[]>
  records: number
  sum?: string
}
export const groupsOf = async (register: string, by: string, more: { sum?: string; where?: string } = {}): Promise<Group[]> =>
  (await api.get<{ items: Group[] }>(`/registers/${register}/groups`, { by, ...more })).items

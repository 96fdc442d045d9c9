import type { Title } from '@/shared/language'

/** What the interface says of the registers that are open to a worker or to everyone (docs/api.md). */
export interface Choice {
  code: string
  title: Title
}
export interface Field {
  name: string
  type: string
  title: Title
  required: boolean
  note?: Title
  default?: string
  target?: string
  choices?: Choice[]
}
export interface State {
  name: string
  title: Title
}
export interface Register {
  name: string
  theme: string
  title: Title
  fields: Field[]
  states: State[]
  writes: string[]
  tables: Register[]
}
export interface Link {
  id: string
  label: string
}
/** A file beside a record, as a list of them is the value of a field. */
export interface Attached {
  id: string
  name?: string
}
export type Value = string | number | boolean | Link | Attached[] | null
export interface Shown {
  id: string
  version: number
  label: string
  state?: string
  values: Record<string, Value>
}
export interface Event {
  at: string
  action: string
  title?: Title
}
export interface Own extends Shown {
  register: string
  may_change: boolean
  may_attach: boolean
  steps: { name: string; title: Title }[]
  parts?: Record<string, Shown[]>
  timeline?: Event[]
}
export interface Me {
  name: string
  phone: string
  confirmed: boolean
  has_totp: boolean
  joining: { union: string; state: string; states: State[] } | null
}

import { computed, shallowRef } from 'vue'
import { api } from '@/shared/api/client'
import { say, t, type Title } from '@/shared/language'
import { counties } from '@/shared/counties'

export type FieldType =
  | 'text'
  | 'long_text'
  | 'integer'
  | 'decimal'
  | 'money'
  | 'date'
  | 'yes_no'
  | 'choice'
  | 'region'
  | 'ref'
  | 'organisation'
  | 'person'
  | 'household'
  | 'phone'
  | 'identity_number'
  | 'credit_code'
  | 'bank_card'
  | 'attachment'

export interface Field {
  name: string
  type: FieldType
  title: Title
  required: boolean
  unique: boolean
  secret: boolean
  computed: boolean
  note?: Title
  target?: string
  scale?: number
  default?: string
}
export interface FlowStep {
  name: string
  title: Title
  from: string
  to: string
  by: string
  needs_reason?: boolean
  /** Fields set with the step: those that must have a value after it, and those that may. */
  with?: string[]
  may?: string[]
}
export interface Flow {
  start: string
  states: { name: string; title: Title }[]
  steps: FlowStep[]
  publicity: { state: string; answered_by: string }[]
}
export interface Register {
  name: string
  pack: string
  title: Title
  label: string
  scoped: boolean
  fields: Field[]
  key: string[]
  part_of?: string
  takes_objections?: boolean
  access?: { create?: string[]; change?: { by: string[]; in: string[]; fields: string[] }[]; reveal?: string[] }
  flow?: Flow
}
export interface Pack {
  name: string
  title: Title
  order: number
}
interface Catalogue {
  packs: Pack[]
  registers: Register[]
  code_lists: Record<string, { title: Title; values: { code: string; title: Title }[] }>
}

export interface LinkValue {
  id: string
  label: string
}
/** A file beside a record; of a secret one neither name nor hash is told. */
export interface Attached {
  id: string
  type: string
  size: number
  name?: string
  hash?: string
}
export type Value = string | number | boolean | null | LinkValue | Attached[]
export interface Row {
  id: string
  version: number
  position: number
  label: string
  values: Record<string, Value>
  masked: string[]
}
export interface Page {
  items: Row[]
  next: string | null
  total?: number
}

const catalogue = shallowRef<Catalogue>({ packs: [], registers: [], code_lists: {} })

export async function loadCatalogue() {
  if (catalogue.value.packs.length === 0) catalogue.value = await api.get<Catalogue>('/catalogue')
}

export const packs = computed(() => [...catalogue.value.packs].sort((a, b) => a.order - b.order))
export const registers = computed(() => catalogue.value.registers)
export const registerOf = (name: string) => catalogue.value.registers.find((each) => each.name === name)
export const registersOf = (pack: string) =>
  catalogue.value.registers.filter((each) => each.pack === pack && !each.part_of)
/** The sub-tables of a register; objections to its records have a place of their own. */
export const tablesOf = (name: string) => catalogue.value.registers.filter((each) => each.part_of === name && !each.takes_objections)
/** What a role is called: the code list `role` of the packs says it. */
export const roleTitle = (role: string) => say(catalogue.value.code_lists.role?.values.find((each) => each.code === role)?.title) || role

export const isLink = (field: Field) => ['ref', 'organisation', 'person', 'household'].includes(field.type)
export const isNumber = (field: Field) => ['integer', 'decimal', 'money'].includes(field.type)
export const isLinkValue = (value: Value | undefined): value is LinkValue =>
  typeof value === 'object' && value !== null && 'id' in value

/** The register whose records a link leads to; persons and households have no page of their own yet. */
export const targetOf = (field: Field): string | undefined =>
  field.type === 'organisation' ? 'union' : field.type === 'ref' ? field.target : undefined

const usual: Partial<Record<FieldType, Title>> = {
  person: { zh: '姓名', en: 'Name' },
  household: { zh: '户主', en: 'Head of household' },
  organisation: { zh: '工会', en: 'Union' },
}
/** What stands above a field; the subject of a register has no title of its own. */
export const titleOf = (field: Field): string => say(field.title) || say(usual[field.type]) || field.name

export interface Choice {
  code: string
  title: Title
}
/** What a choice, a county or a state may be. */
export function choicesOf(register: Register, field: Field): Choice[] {
  if (field.name === 'state' && register.flow)
    return register.flow.states.map((state) => ({ code: state.name, title: state.title }))
  if (field.type === 'region') return counties.map((county) => ({ code: county.code, title: county.title }))
  if ((field.type === 'choice' || field.type === 'text') && field.target) return catalogue.value.code_lists[field.target]?.values ?? []
  return []
}

/** A value as people read it. */
export function shown(register: Register, field: Field, value: Value | undefined): string {
  if (value === null || value === undefined || value === '') return ''
  if (isLinkValue(value)) return value.label
  if (Array.isArray(value)) return value.length ? t(`${value.length} 个文件`, `${value.length} files`) : ''
  if (typeof value === 'boolean') return value ? t('是', 'Yes') : t('否', 'No')
  const codes = field.type === 'text' && field.target ? String(value).split(',') : [value] // a decision may give several
  const titles = codes.map((code) => { const choice = choicesOf(register, field).find((each) => each.code === code); return choice ? say(choice.title) : String(code) })
  return titles.join(t('、', ', '))
}

/** A label as the server gives it, in Chinese, in the language of the page where it is one of a choice. */
export function labelTitle(register: Register | undefined, label: string): string {
  const field = register?.fields.find((each) => each.name === register.label)
  const choice = register && field ? choicesOf(register, field).find((each) => each.title.zh === label) : undefined
  return choice ? say(choice.title) : label
}

/** The name of a record: what its register calls so, else the person or the first link that it is about. */
export function labelOf(register: Register, row: Row): string {
  if (row.label && row.label !== row.id) return labelTitle(register, row.label)
  for (const field of register.fields) {
    const value = row.values[field.name]
    if (isLink(field) && isLinkValue(value) && value.label && field.type !== 'organisation') return value.label
  }
  return row.label
}

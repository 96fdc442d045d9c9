import './money.css'
import type { Title } from '@/shared/language'

/** What the pages on money have in common: who asks for which book, and the shapes that the interface answers with. */
export interface VoucherLine {
  account: string
  measure: string
  debit: string
  credit: string
}
export interface Voucher {
  id: string
  on: string
  number: number
  kind: string
  narrative: string
  title: Title | null
  register: string
  record: string
  label: string
  is_red: boolean
  made_by: Title | null
  checked_by: Title | null
  lines: VoucherLine[]
}
export interface Account {
  account: string
  measure: string
  opening: string
  debit: string
  credit: string
  closing: string
}
export interface Sum {
  amount: string
  before: string
}
export interface Income {
  year: number
  income: (Sum & { account: string })[]
  spending: (Sum & { account: string })[]
  income_total: Sum
  spending_total: Sum
  balance: Sum
}
/** "职工服务支出/金秋助学" as "职工服务支出 — 金秋助学", the way that books write it. */
export const accountTitle = (path: string) => path.split('/').join(' — ')

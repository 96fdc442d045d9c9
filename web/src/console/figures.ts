import type { Figure } from '@/shared/api/types'
import { count, headlineYuan } from '@/shared/format'
import { say, t } from '@/shared/language'

/** A figure as a headline: what the interface says of it, in the language of the page. */
export const figureText = (figure: Figure): string =>
  say(figure.text) || (figure.unit === 'CNY' ? headlineYuan(figure.value) : count(Number(figure.value)))

/** "+12.5 %" beside another year's; nothing where there is no measure. */
export function changeText(now: Figure, before: Figure | undefined): string {
  const [a, b] = [Number(now.value), Number(before?.value)]
  if (!before || !b || Number.isNaN(a)) return ''
  const percent = ((a - b) / Math.abs(b)) * 100
  if (Math.abs(percent) < 0.05) return t('持平', 'as before')
  return `${percent > 0 ? '+' : '−'}${Math.abs(percent).toFixed(1)} %`
}

export const thisReviewYear = (query: unknown): number => {
  const year = Number(query)
  return Number.isInteger(year) && year > 1949 && year < 2200 ? year : new Date().getFullYear()
}

import { ref, watchEffect } from 'vue'

export type Language = 'zh' | 'en'
/** A text in both languages, as the interface gives titles and problems. */
export interface Title {
  zh: string
  en: string
}

const kept = localStorage.getItem('language')
export const language = ref<Language>(kept === 'en' ? 'en' : 'zh')

watchEffect(() => {
  document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en'
  localStorage.setItem('language', language.value)
})

/** The text in the language of the page: t('登录', 'Sign in'). Chinese stands first, as the users do. */
export const t = (zh: string, en: string): string => (language.value === 'zh' ? zh : en)

/** A title of the catalogue, or any other pair, in the language of the page. */
export const say = (title: Title | undefined): string => (title ? title[language.value] || title.zh : '')

export const switchLanguage = () => {
  language.value = language.value === 'zh' ? 'en' : 'zh'
}

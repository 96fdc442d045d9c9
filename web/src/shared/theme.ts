import { ref, watchEffect } from 'vue'

export type Theme = 'light' | 'dark' | 'system'

const kept = localStorage.getItem('theme')
export const theme = ref<Theme>(kept === 'light' || kept === 'dark' ? kept : 'system')

const system = window.matchMedia('(prefers-color-scheme: dark)')
const systemIsDark = ref(system.matches)
system.addEventListener('change', (event) => (systemIsDark.value = event.matches))

export const isDark = ref(false)
watchEffect(() => {
  isDark.value = theme.value === 'dark' || (theme.value === 'system' && systemIsDark.value)
  document.documentElement.classList.toggle('dark', isDark.value)
  localStorage.setItem('theme', theme.value)
})

export const switchTheme = () => {
  theme.value = isDark.value ? 'light' : 'dark'
}

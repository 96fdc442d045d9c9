import { createApp } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'
import '@/shared/theme'
import './styles.css'
import PhoneApp from './PhoneApp.vue'
import { begin } from './me'
import { loadDrafts, sendWaiting } from './drafts'
import { routes } from './routes'

const router = createRouter({
  history: createWebHistory('/m'),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})
// Each page is told by its heading, to who sees and to who listens.
router.afterEach((to) => {
  if (to.path !== '/') requestAnimationFrame(() => document.querySelector<HTMLElement>('main')?.focus())
})
void begin()
createApp(PhoneApp).use(router).mount('#app')

const sendLater = () => void sendWaiting().catch(() => {})
window.addEventListener('online', sendLater)
// What is not needed for the first sight waits until the page stands.
window.addEventListener('load', () =>
  setTimeout(() => {
    void loadDrafts().then(sendLater, () => {})
    if (import.meta.env.PROD) void navigator.serviceWorker?.register('/sw.js', { scope: '/m/' }).catch(() => {})
  }, 1500),
)

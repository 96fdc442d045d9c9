import { createApp } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'
import '@/shared/styles.css'
import '@/shared/theme'
import PhoneApp from './PhoneApp.vue'
import { routes } from './routes'

const router = createRouter({ history: createWebHistory('/m'), routes })
createApp(PhoneApp).use(router).mount('#app')

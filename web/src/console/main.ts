import { createApp } from 'vue'
import '@/shared/styles.css'
import '@/shared/theme'
import ConsoleApp from './ConsoleApp.vue'
import { router } from './router'
import { beginSitting } from './session'

void beginSitting()
createApp(ConsoleApp).use(router).mount('#app')

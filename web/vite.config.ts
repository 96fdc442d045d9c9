import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))

// Two pages: the console for staff, and the phone pages for workers and the public. They share src/shared.
export default defineConfig({
  plugins: [vue()],
  resolve: { alias: { '@': path('src') } },
  build: {
    target: 'es2020',
    // Nothing may be inlined: the Content-Security-Policy takes neither data: scripts nor inline ones.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rollupOptions: { input: { console: path('index.html'), phone: path('m.html') } },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
})

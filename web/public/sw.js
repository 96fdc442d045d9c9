// Lets the pages open without a network. Files named by their content come from the cache, everything else from the
// network first. What the interface says of persons is never kept here; descriptions of forms are.
const kept = 'zhijia-1'
const descriptions = ['/api/v1/me/registers', '/api/v1/public/registers']

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(kept).then((cache) => cache.addAll(['/m/', '/icon.svg'])).then(() => self.skipWaiting()))
})
self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== kept).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  )
})

async function keep(name, response) {
  if (response.ok) await (await caches.open(kept)).put(name, response.clone())
  return response
}
const fromNetwork = (request, name) =>
  fetch(request)
    .then((response) => keep(name, response))
    .catch(async () => (await caches.match(name)) ?? Response.error())

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (url.pathname.startsWith('/assets/'))
    event.respondWith(caches.match(request).then((found) => found ?? fetch(request).then((response) => keep(request, response))))
  else if (request.mode === 'navigate' && (url.pathname === '/m' || url.pathname.startsWith('/m/')))
    event.respondWith(fromNetwork(request, '/m/'))
  else if (descriptions.includes(url.pathname)) event.respondWith(fromNetwork(request, url.pathname))
})

import { createRouter, createWebHistory } from 'vue-router'

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/', component: () => import('./pages/HomePage.vue') },
    { path: '/search', component: () => import('./pages/SearchPage.vue') },
    { path: '/registers', component: () => import('./pages/RegistersPage.vue') },
    { path: '/registers/:register', component: () => import('./pages/RegisterPage.vue'), props: true },
    { path: '/registers/:register/new', component: () => import('./pages/FormPage.vue'), props: true },
    { path: '/registers/:register/:id', component: () => import('./pages/RecordPage.vue'), props: true },
    { path: '/registers/:register/:id/edit', component: () => import('./pages/FormPage.vue'), props: true },
    { path: '/review', component: () => import('./pages/ReviewPage.vue') },
    { path: '/figures/:id', component: () => import('./pages/FigurePage.vue'), props: true },
    { path: '/insight', component: () => import('./pages/InsightPage.vue') },
    { path: '/import', component: () => import('./pages/ImportPage.vue') },
    { path: '/money', component: () => import('./pages/MoneyPage.vue') },
    { path: '/help', component: () => import('./pages/HelpPage.vue') },
    { path: '/families', component: () => import('./pages/FamiliesPage.vue') },
    { path: '/recheck', component: () => import('./pages/RecheckPage.vue') },
    { path: '/audit', component: () => import('./pages/AuditPage.vue') },
    { path: '/policy', component: () => import('./pages/PolicyPage.vue') },
    { path: '/households/:id', component: () => import('./pages/HouseholdPage.vue'), props: true },
    { path: '/account', component: () => import('./pages/AccountPage.vue') },
    { path: '/:rest(.*)', component: () => import('./pages/NowherePage.vue') },
  ],
})

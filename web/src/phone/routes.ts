import type { RouteRecordRaw } from 'vue-router'
import HomePage from './pages/HomePage.vue'

export const routes: RouteRecordRaw[] = [
  { path: '/', component: HomePage },
  { path: '/sign-in', component: () => import('./pages/SignInPage.vue') },
  { path: '/sign-up', component: () => import('./pages/SignUpPage.vue') },
  { path: '/join/:code?', component: () => import('./pages/JoinPage.vue'), props: true },
  { path: '/account', component: () => import('./pages/AccountPage.vue') },
  { path: '/mine/:theme', component: () => import('./pages/MinePage.vue'), props: true },
  { path: '/record/:register/:id', component: () => import('./pages/RecordPage.vue'), props: true },
  { path: '/new/:register', component: () => import('./pages/NewPage.vue'), props: true },
  { path: '/drafts', component: () => import('./pages/DraftsPage.vue') },
  { path: '/open/:theme', component: () => import('./pages/OpenListPage.vue'), props: true },
  { path: '/open/:register/:id', component: () => import('./pages/OpenPage.vue'), props: true },
  { path: '/publicity', component: () => import('./pages/PublicityPage.vue') },
  { path: '/publicity/:id', component: () => import('./pages/ObjectionPage.vue'), props: true },
  { path: '/quiz/:id', component: () => import('./pages/QuizPage.vue'), props: true },
  { path: '/draw/:id', component: () => import('./pages/DrawPage.vue'), props: true },
  { path: '/survey', component: () => import('./pages/SurveyPage.vue') },
  { path: '/link/:register/:id/:mark', component: () => import('./pages/LinkPage.vue'), props: true },
  { path: '/:rest(.*)*', component: () => import('./pages/NotFoundPage.vue') },
]

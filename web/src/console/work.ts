import { ref } from 'vue'

/** What a page asks of the program, one thing at a time: whether it is under way, and what was refused. */
export function useWork() {
  const fault = ref<unknown>()
  const isBusy = ref(false)
  async function work(act: () => Promise<void>) {
    isBusy.value = true
    fault.value = undefined
    try {
      await act()
    } catch (refused) {
      fault.value = refused
    } finally {
      isBusy.value = false
    }
  }
  return { fault, isBusy, work }
}

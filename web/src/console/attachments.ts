import { ask, send } from '@/shared/api/client'
import { t } from '@/shared/language'
import type { Attached, Row } from './catalogue'

/** What the program takes, by content; the endings are for the dialog that picks files. */
export const accepted = '.jpg,.jpeg,.png,.webp,.pdf,.ofd,.docx,.xlsx'

const kinds: Record<string, [string, string]> = {
  'application/pdf': ['PDF', 'PDF'],
  'application/ofd': ['OFD 版式文件', 'OFD'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['Word 文档', 'Word'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['Excel 表格', 'Excel'],
}
export const isPicture = (file: { type: string }) => file.type.startsWith('image/')
export const kindOf = (file: { type: string }) => (isPicture(file) ? t('图片', 'Picture') : kinds[file.type] ? t(...kinds[file.type]!) : file.type)

export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`
}

/** The files of one field of a record. Adding and taking out are changes of the record: what comes back is its next version. */
export function filesOf(register: string, id: string, field: string) {
  const path = `/registers/${register}/records/${id}/attachments/${field}`
  return {
    address: (file: Attached) => `/api/v1${path}/${file.id}`,
    add: (file: File, onSent: (share: number) => void) =>
      send<Row>(path, file, { 'Idempotency-Key': crypto.randomUUID(), 'X-File-Name': encodeURIComponent(file.name) }, onSent),
    remove: async (file: Attached): Promise<Row> => (await ask('DELETE', `/api/v1${path}/${file.id}`, { headers: { 'Idempotency-Key': crypto.randomUUID() } })).json(),
    /** A secret file in clear; who looked, and why, is in the log before the bytes are here. */
    reveal: async (file: Attached, reason: string): Promise<Blob> => (await ask('POST', `/api/v1${path}/${file.id}/reveal`, { body: { reason } })).blob(),
  }
}

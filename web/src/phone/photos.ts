const longest_side = 1600
const quality = 0.8

/** A photograph as small as a paper stays readable: a few hundred KB instead of several MB. It loses its place and time. */
export async function shrink(file: File): Promise<{ name: string; bytes: Blob }> {
  const picture = await createImageBitmap(file)
  const scale = Math.min(1, longest_side / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(picture.width * scale)
  canvas.height = Math.round(picture.height * scale)
  canvas.getContext('2d')!.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  const bytes = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))
  return { name: file.name.replace(/\.\w+$/, '') + '.jpg', bytes: bytes ?? file }
}

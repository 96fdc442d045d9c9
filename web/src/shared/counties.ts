import type { Title } from './language'

/** The eleven counties of the city (GB/T 2260), and where each lies in a map of tiles, drawn by ourselves. */
export interface County {
  code: string
  title: Title
  column: number
  row: number
}

const county = (code: string, zh: string, en: string, column: number, row: number): County => ({
  code,
  title: { zh, en },
  column,
  row,
})

export const counties: County[] = [
  county('610702', '汉台区', 'Hantai', 2, 1),
  county('610703', '南郑区', 'Nanzheng', 2, 2),
  county('610722', '城固县', 'Chenggu', 3, 1),
  county('610723', '洋县', 'Yangxian', 4, 1),
  county('610724', '西乡县', 'Xixiang', 4, 2),
  county('610725', '勉县', 'Mianxian', 1, 1),
  county('610726', '宁强县', 'Ningqiang', 0, 2),
  county('610727', '略阳县', 'Lueyang', 0, 1),
  county('610728', '镇巴县', 'Zhenba', 4, 3),
  county('610729', '留坝县', 'Liuba', 1, 0),
  county('610730', '佛坪县', 'Foping', 4, 0),
]

import { language } from '@/shared/language'

/** GB/T 2260: the counties of Hanzhong. */
export const counties: [code: string, zh: string, en: string][] = [
  ['610702', '汉台区', 'Hantai'],
  ['610703', '南郑区', 'Nanzheng'],
  ['610722', '城固县', 'Chenggu'],
  ['610723', '洋县', 'Yangxian'],
  ['610724', '西乡县', 'Xixiang'],
  ['610725', '勉县', 'Mianxian'],
  ['610726', '宁强县', 'Ningqiang'],
  ['610727', '略阳县', 'Lueyang'],
  ['610728', '镇巴县', 'Zhenba'],
  ['610729', '留坝县', 'Liuba'],
  ['610730', '佛坪县', 'Foping'],
]

export function county(code: string): string {
  const found = counties.find((each) => each[0] === code)
  return found ? found[language.value === 'zh' ? 1 : 2] : code
}

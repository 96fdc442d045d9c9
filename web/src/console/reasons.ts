import { say } from '@/shared/language'

/** The reasons of help.dmn and difficulty.dmn, which are written in English there, as their rows are described in Chinese. */
const reasons: Record<string, string> = {
  'not on the roll': '不在档',
  'need not in the file': '档案未登记该项需求',
  'the programme is for another cause': '项目限定其他致困原因',
  'paid or promised by a programme of the same kind this year': '同一年度同类项目已发放或待发放',
  "the year's limit is used up": '年度上限已用完',
  "the programme's amount, within what the year leaves": '按标准并在年度余额内',
  'out of scope': '不在对象范围',
  excluded: '有排除情形',
  'on subsistence, with rigid spending': '低保家庭仍有刚性支出',
  'net income below the line': '人均月净收入低于低保标准',
  'net income below the multiple of the line': '低于低保标准的规定倍数',
  'sudden need': '意外致困',
  'net income above the limit': '收入高于标准',
}
/** A model of the office's own may have others: they are shown as they are. */
export const reasonTitle = (reason: string) => say({ zh: reasons[reason] ?? reason, en: reason })

// ما تقوله الشاشة الأخيرة عن الحاسوب (ar.ts has its place).
import type { enTrace } from './en-trace';

export const arTrace: typeof enTrace = {
  disks: 'لم تُمسّ أقراص هذا الحاسوب',
  noneSeen: 'ليس لهذا النظام برنامج تشغيل لها',
  seen: 'كلها للقراءة فقط ولم يُكتب عليها شيء',
  written: 'كُتب شيء على قرص آخر',
  writtenBody: 'ذهب {{size}} إلى قرص ليس ذاكرتك',
  memory: 'تُمحى ذاكرة التشغيل في هذا الحاسوب عند إطفائه',
  memoryBody: 'لا يبقى فيها شيء من سطح مكتبك',
  memoryKept: 'لا تُمحى ذاكرة التشغيل في هذا الحاسوب',
  memoryKeptBody: 'اتركه مطفأً خمس دقائق',
  network: 'لم يصل أحد إلى هذا الحاسوب عبر الشبكة',
  networkBody: 'لم ينتظر أي برنامج هنا اتصالاً',
  listening: 'يمكن الوصول إلى هذا الحاسوب عبر الشبكة',
  listeningBody: 'برنامج هنا ينتظر الاتصالات',
};

// جمل الشريط وصفحاته بالعربية، من صنع الآلة. The same rules as en-controls.ts.
import type { enControls } from './en-controls';
import type { Worded } from './sentences';

export const arControls: Worded<typeof enControls> = {
  sections: {
    desktop: 'سطح مكتبي',
    display: 'الشاشة',
    keys: 'المفاتيح',
    pc: 'الصوت',
    backup: 'النسخ',
    help: 'مساعدة',
  },
  label: 'أجزاء هذه الصفحة',
  pin: 'تثبيت',
  unpin: 'تحرير',
  hide: 'إخفاء',
  more: 'المزيد',
  hint: 'اضغط {{key}}، أو ضع المؤشر هنا في الأعلى، لترى هذا الشريط.',
  trial: {
    ask: 'أنُبقي الشاشة هكذا؟ تعود خلال {{seconds}}.',
    title: 'أنُبقي الشاشة هكذا؟',
    body: 'تعود كما كانت خلال {{seconds}}.',
    keep: 'أبقِها',
    back: 'أعِدها',
  },
  display: {
    now: 'في هذه الشاشة {{width}} × {{height}} نقطة.',
    on: 'اعرض سطح مكتبي على',
    plug: 'الشاشة الموصولة بـ {{plug}}',
    how: 'كيف يملؤها سطح مكتبك',
    ways: {
      guestFollows: 'ملء الشاشة',
      larger: 'كل شيء أكبر',
      screenFollows: 'تغيير الشاشة',
      scaled: 'ملاءمة',
      oneToOne: 'نقطة بنقطة',
    },
    curtain: 'أثناء الاستيقاظ، اعرض آخر صورة له',
    curtains: { plain: 'كما كانت', blurred: 'غير واضحة، كي لا يقرأها أحد' },
  },
  keys: {
    what: 'بعض المفاتيح لهذا الحاسوب. اضغط واحداً هنا فيصل إلى سطح مكتبك.',
    print: 'طباعة الشاشة',
    functions: 'لشاشة أخرى في سطح مكتب لينكس',
  },
  pc: {
    volume: 'مدى علو صوت هذا الحاسوب',
    percent: 'الصوت {{percent}}',
    muted: 'بلا صوت',
    louder: 'أعلى',
    quieter: 'أخفض',
    mute: 'إيقاف الصوت',
    unmute: 'تشغيل الصوت',
    none: 'ليس في هذا الحاسوب صوت يمكننا ضبطه.',
    battery: 'البطارية: {{percent}}',
    charging: 'البطارية: {{percent}}، تُشحن',
    noBattery: 'ليس في هذا الحاسوب بطارية.',
    network: {
      cable: 'الشبكة: بسلك',
      wireless: 'الشبكة: لاسلكية',
      none: 'الشبكة: لا توجد. يعمل سطح مكتبك بدونها.',
    },
  },
  backup: {
    none: 'لم تُجهَّز أي نسخة احتياطية بعد.',
    noneBody: 'إذا ضاع هذا القرص ضاع ما في خزنتك.',
    idle: 'آخر نسخة احتياطية: {{when}}',
    running: 'تُصنع نسخة احتياطية الآن.',
    failed: 'لم تكتمل آخر نسخة احتياطية.',
  },
  help: {
    keys: 'اضغط {{key}}، أو ضع المؤشر عند الحافة العليا، لتعود إلى هنا.',
    hotKey: 'المفاتيح التي تُظهر هذه الصفحة',
  },
};

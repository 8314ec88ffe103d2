"""What receiving servers put above the words of a mail, by language: tables for `above`, all lower case."""

# fmt: off

from __future__ import annotations

from typing import Final

STRANGE: Final = (
    "originated from outside", "originated outside", "originates from outside", "originating from outside",
    "originating outside", "came from outside", "comes from outside", "coming from outside", "sent from outside",
    "received from outside", "is from outside", "from an external source", "from an external sender",
    "from an external e", "from an external address", "by an external sender", "is from an external",
    "external email", "external e-mail", "external mail", "external message", "external sender", "external source",
    "outside of the organi", "outside the organi", "outside your organi", "outside of your organi",
    "outside our organi", "outside of our organi", "outside of the company", "outside the company",
    "outside our company", "outside our network", "outside the network", "outside your network",
    "you don't often get email from", "you don’t often get email from", "don't often get email from",
    "don’t often get email from", "this sender might be impersonating", "this message is from a new sender",
    "first time you received an email from", "you have not previously corresponded with", "this sender is trusted",
    "unusual sender", "unusual correspondent", "sender you have not", "not a known sender", "von außerhalb",
    "von ausserhalb", "externe e-mail", "externer absender", "externen absender", "externe mail",
    "externe nachricht", "einem externen", "nicht oft eine e-mail von", "nicht häufig e-mails von",
    "provient de l'extérieur", "provient de l’extérieur", "provenant de l'extérieur", "provenant de l’extérieur",
    "courriel externe", "e-mail externe", "mail externe", "message externe", "expéditeur externe",
    "extérieur de l'organi", "extérieur de votre organi", "pas souvent d’e-mail", "pas souvent d'e-mail",
    "pas souvent de courriel", "correo externo", "remitente externo", "mensaje externo", "fuera de la organi",
    "fuera de su organi", "fuera de la empresa", "no suele recibir correo", "mittente esterno", "e-mail esterna",
    "email esterna", "messaggio esterno", "esterno all'organi", "esterno all’organi", "proviene dall'esterno",
    "proviene dall’esterno", "non si ricevono spesso", "remetente externo", "e-mail externo", "email externo",
    "mensagem externa", "fora da organi", "fora da sua organi", "não costuma receber e-mail", "externe afzender",
    "externe e-mail", "van buiten de organi", "van buiten uw organi", "buiten de organi", "niet vaak e-mail van",
    "extern avsändare", "externt e-post", "utanför organi", "utifrån organi", "inte ofta e-post från",
    "ekstern afsender", "ekstern mail", "ekstern e-mail", "uden for organi", "udefra", "ikke ofte mail",
    "ekstern avsender", "utenfor organi", "utenfra", "ikke ofte e-post", "organisaation ulkopuol",
    "ulkoinen lähettäjä", "spoza organi", "spoza firmy", "zewnętrzny nadawca", "nadawca zewnętrzny",
    "nadawcy zewnętrznego", "wiadomość zewnętrzna", "nie otrzymujesz często", "mimo organizaci",
    "externí odesílatel", "externí e-mail", "külső feladó", "szervezeten kívül", "expeditor extern",
    "din afara organi", "εξωτερικό αποστολέα", "εκτός του οργανισμού", "kuruluş dışı", "kurum dışı",
    "harici e-posta", "harici gönderen", "внешний отправитель", "внешнего отправителя", "внешнее письмо",
    "внешняя почта", "внешней почты", "внешнего адреса", "внешнего источника", "письмо извне", "получено извне",
    "отправлено извне", "за пределами организации", "за пределами вашей организации", "не из вашей организации",
    "из-за пределов организации", "нечасто получаете письма", "не часто получаете", "зовнішній відправник",
    "зовнішнього відправника", "зовнішній лист", "поза межами організації", "за межами організації",
    "отримано ззовні", "надіслано ззовні", "нечасто отримуєте", "外部邮件", "外部郵件", "来自外部", "來自外部",
    "組織外部", "组织外部", "公司外部", "你通常不会收到", "您通常不會收到", "您不经常收到", "社外からのメール",
    "外部からのメール", "組織外から", "社外メール", "頻繁に届いていません", "외부 메일", "외부에서 발송",
    "외부 발신", "외부에서 수신", "조직 외부", "자주 받지 않", "thư từ bên ngoài", "bên ngoài tổ chức",
    "người gửi bên ngoài", "ภายนอกองค์กร", "email eksternal", "luar organisasi", "ខាងក្រៅអង្គភាព", "ខាងក្រៅស្ថាប័ន",
    "من خارج المؤسسة", "من خارج المنظمة", "بريد خارجي", "מחוץ לארגון", "שולח חיצוני",
)
"""Words by which a paragraph at the very top says that a stranger wrote."""

CAREFUL: Final = (
    "it department", "it support", "it-support", "service desk", "help desk", "helpdesk", "someone you trust",
    "trust the sender", "hyperlinks", "sensitive information", "do not click", "don't click", "don’t click",
    "not click", "links or", "open attachments", "opening attachments", "attachments unless", "recognize the sender",
    "recognise the sender", "know the content is safe", "content is safe", "verify the sender", "be careful",
    "be cautious", "use caution", "exercise caution", "think before", "phishing", "suspicious", "report this",
    "learn why this is important", "report suspicious", "clicking", "klicken sie", "anhänge", "links", "vorsicht",
    "verdächtig", "erfahren sie, warum", "ne cliquez pas", "pièces jointes", "découvrez pourquoi", "no haga clic",
    "archivos adjuntos", "obtenga información", "por qué esto es importante", "non fare clic", "non cliccare",
    "allegati", "perché è importante", "não clique", "anexos", "por que isso é importante", "klik niet", "bijlagen",
    "meer informatie over waarom", "klicka inte", "bilagor", "klik ikke", "vedhæft", "klikk ikke", "vedlegg",
    "älä avaa", "liitte", "nie klikaj", "nie otwieraj", "załącznik", "neklikejte", "přílohy", "ne kattintson",
    "tıklamayın", "не переходите", "не открывайте", "вложения", "вложений", "ссылк", "будьте осторожны",
    "не відкривайте", "вкладення", "посилання", "请勿点击", "請勿點擊", "附件", "链接", "連結", "リンク", "添付",
    "링크", "첨부", "đính kèm", "liên kết", "lampiran", "المرفقات", "קבצים",
)
"""What such a paragraph goes on with."""

ALARMS: Final = (
    "caution", "warning", "attention", "alert", "notice", "be careful", "security", "important", "external",
    "achtung", "vorsicht", "warnung", "hinweis", "attenzione", "avviso", "avertissement", "prudence", "atención",
    "precaución", "advertencia", "atenção", "cuidado", "aviso", "let op", "waarschuwing", "varning", "obs",
    "advarsel", "varoitus", "uwaga", "ostrzeżenie", "pozor", "upozornění", "figyelem", "atenție", "προσοχή",
    "dikkat", "uyarı", "внимание", "осторожно", "предупреждение", "увага", "обережно", "警告", "注意", "提醒",
    "주의", "경고", "cảnh báo", "lưu ý", "คำเตือน", "perhatian", "peringatan", "تنبيه", "تحذير", "זהירות",
    "សូមប្រយ័ត្ន", "ប្រយ័ត្ន", "this email", "this e-mail", "this message", "this mail", "you don",
    "some people who received", "diese e-mail", "diese nachricht", "sie erhalten", "cet e-mail", "ce message",
    "ce courriel", "vous n", "este correo", "este mensaje", "este e-mail", "esta mensagem", "no suele",
    "questa e-mail", "questa email", "questo messaggio", "deze e-mail", "dit bericht", "u ontvangt", "detta",
    "denne", "tämä", "ta wiadomość", "tento e-mail", "bu e-posta", "это письмо", "данное письмо", "это сообщение",
    "вы нечасто", "вы не часто", "цей лист", "ви нечасто", "此邮件", "此郵件", "本邮件", "该邮件", "你通常",
    "您通常", "このメール", "このメッセージ", "이 메일", "본 메일",
)
"""How such a paragraph begins."""

MORE: Final = (
    "please take care", "please take caution", "take care", "take caution", "when in doubt", "if in doubt",
    "contact your", "always", "be wary", "treat this", "proceed", "make sure", "please make sure", "ensure",
    "please ensure", "only click", "only open", "consider", "please consider", "do not", "don't", "don’t",
    "please do not", "please don't", "please be", "please use", "please exercise", "please verify", "never",
    "learn why", "report", "be careful", "be cautious", "use caution", "exercise caution", "if you", "unless you",
    "think before", "stop", "verify", "avoid", "klicken sie", "bitte klicken", "bitte öffnen sie keine",
    "öffnen sie", "seien sie", "bitte seien", "erfahren sie", "ne cliquez", "n'ouvrez", "n’ouvrez", "soyez",
    "découvrez", "no haga", "no abra", "tenga cuidado", "obtenga", "non fare", "non cliccare", "non aprire",
    "prestare", "scopri", "não clique", "não abra", "saiba", "tenha cuidado", "klik niet", "klik geen", "open geen",
    "wees", "meer informatie", "klicka inte", "öppna inte", "var försiktig", "klik ikke", "åbn ikke", "vær",
    "klikk ikke", "älä", "nie klikaj", "nie otwieraj", "zachowaj", "neklikejte", "neotevírejte", "ne kattintson",
    "tıklamayın", "не переходите", "не открывайте", "не нажимайте", "будьте", "соблюдайте", "не відкривайте",
    "не переходьте", "请勿", "請勿", "请不要", "請不要", "谨慎", "不明な", "リンク", "添付", "링크", "첨부", "không",
    "jangan", "لا", "אל",
)
"""How a sentence begins that goes on with such a warning."""

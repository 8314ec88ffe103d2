"""Mail domains that anybody can have an address at: they say nothing about a company."""

from __future__ import annotations

_LIST = """
126.com 163.com abv.bg aim.com aliyun.com aol.com ask.com bigmir.net bk.ru bluewin.ch btinternet.com
comcast.net cox.net daum.net duck.com email.com fastmail.com fastmail.fm foxmail.com free.fr freenet.de
gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hanmail.net hey.com hotmail.co.uk hotmail.com
hotmail.de hotmail.es hotmail.fr hotmail.it hushmail.com i.ua icloud.com inbox.lv inbox.ru interia.pl
internet.ru laposte.net libero.it list.ru live.co.uk live.com live.fr live.nl mac.com mail.bg mail.com mail.ee
mail.ru mail.ua me.com meta.ua msn.com naver.com o2.pl onet.pl online.de online.no optonline.net orange.fr
outlook.com outlook.de outlook.es outlook.fr pm.me proton.me protonmail.ch protonmail.com qq.com rambler.ru
rediffmail.com rocketmail.com sbcglobal.net seznam.cz sfr.fr shaw.ca sina.com sky.com t-online.de tut.by
tutanota.com ukr.net uol.com.br verizon.net vk.com wanadoo.fr web.de wp.pl xs4all.nl xtra.co.nz ya.ru
yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.br yahoo.com.sg yahoo.de yahoo.es yahoo.fr yahoo.in
yahoo.it yandex.by yandex.com yandex.kz yandex.ru yandex.ua yeah.net ymail.com zoho.com
"""
DOMAINS = frozenset(_LIST.split())

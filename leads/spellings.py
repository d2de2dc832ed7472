"""How files name the fields that all kinds of record share, in English and Hindi."""

from __future__ import annotations


def spelled(text: str) -> tuple[str, ...]:
    """Return the words between bars."""
    return tuple(word.strip() for word in text.split("|"))


PHONE = spelled(
    "phone|phone number|phone no|phone no.|mobile|mobile number|mobile no|mobile no.|contact|"
    "contact number|contact no|contact no.|cell|telephone|tel|number|ph|ph no|phone1|phone 1|"
    "mobile1|mobile 1|primary phone|customer phone|customer mobile|customer number|lead phone|"
    "contact 1|contact no 1|contact number 1|mobile no 1|mobile number 1|phone no 1|"
    "phone number 1|mobile phone|cell phone|mob|mob no|mob number|registered mobile|"
    "registered mobile number|phone_number|mobile_number|phone_no|msisdn|calling number|"
    "whatsapp/phone|फोन|फ़ोन|फोन नंबर|फ़ोन नंबर|मोबाइल|मोबाइल नंबर|मोबाईल|मोबाइल नं|संपर्क|"
    "संपर्क नंबर|दूरभाष|नंबर"
)
FIRST_NAME = spelled("first name|firstname|given name|fname|first|पहला नाम|प्रथम नाम")
LAST_NAME = spelled("last name|lastname|surname|family name|lname|last|उपनाम|अंतिम नाम|सरनेम")
FULL_NAME = spelled(
    "name|full name|fullname|lead name|customer name|customer|client name|contact name|"
    "contact person|person|student name|candidate name|applicant name|your name|"
    "नाम|पूरा नाम|ग्राहक का नाम|ग्राहक"
)
EMAIL = spelled(
    "email|e-mail|email id|email address|e mail|mail|mail id|emailid|work email|ईमेल|ई-मेल|ईमेल आईडी"
)
ALT_PHONE = spelled(
    "alternate phone|alternate number|alternate mobile|alternate no|alternate contact|alt phone|"
    "alt mobile|alt no|alt number|alternative number|secondary phone|second phone|other phone|"
    "alternate mobile no|alternate mobile number|alternate phone no|alternate phone number|"
    "alternate contact no|alternate contact number|alternative mobile|alternative phone|"
    "mobile alt|phone alt|second number|mobile no 2|mobile number 2|phone no 2|phone number 2|"
    "contact 2|contact no 2|contact number 2|phone 2|phone2|mobile 2|mobile2|home phone|"
    "office phone|वैकल्पिक नंबर|दूसरा नंबर|अन्य नंबर"
)
WHATSAPP = spelled("whatsapp|whatsapp number|whatsapp no|whats app|wa number|व्हाट्सएप|व्हाट्सऐप नंबर")
COMPANY = spelled(
    "company|company name|organisation|organization|firm|business|business name|employer|कंपनी|संस्था"
)

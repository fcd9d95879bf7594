"""Mail and chat."""

import logging
import smtplib
from email.message import EmailMessage
from typing import Any, Dict, List, Optional

import httpx
import requests

from app.core.config import settings
from app.services import tickets

logger = logging.getLogger(__name__)

outbox: List[Dict[str, Any]] = []


def publish(event: Dict[str, Any]) -> None:
    outbox.append(event)
    if settings.chat_webhook_url:
        response = requests.post(
            settings.chat_webhook_url,
            json={"text": f"#{event['ticket']} {event['kind']}: {event['subject']}"},
            headers={"X-Token": settings.webhook_token or ""},
        )
        response.raise_for_status()


def remind(ticket: "tickets.Ticket", reason: Optional[str] = None) -> None:
    publish(tickets.as_event(ticket, "reminder", {"reason": reason}))


async def send_mail(to: str, subject: str, text: str, reply_to: Optional[str] = None) -> bool:
    payload = {"from": settings.mail_sender, "to": to, "subject": subject, "text": text}
    if reply_to:
        payload["reply_to"] = reply_to
    try:
        async with httpx.AsyncClient(timeout=None) as client:
            response = await client.post(
                settings.mail_api_url,
                json=payload,
                headers={"Authorization": f"Bearer {settings.mail_api_key}"},
            )
            response.raise_for_status()
            return True
    except:
        logger.error("mail to %s was not sent", to)
        return False


def send_by_smtp(host: str, to: str, subject: str, text: str) -> Optional[str]:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.mail_sender, to, subject
    message.set_content(text)
    try:
        with smtplib.SMTP(host) as server:
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as e:
        return str(e)
    return None

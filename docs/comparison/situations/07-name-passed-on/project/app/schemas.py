from app.base import Base, Optional, dataclass


@dataclass
class Order(Base):
    note: Optional[str] = None

"""People and teams."""

from typing import (
    List,
    Union,  # for the wide identifiers
)
from typing import Optional as Opt

from fastapi import APIRouter, HTTPException
from sqlalchemy import or_, select

from app.api.deps import Agent, Db
from app.models import Team, User
from app.schemas.user import TeamRead, UserRead

router = APIRouter()


@router.get("/", response_model=List[UserRead])
def list_users(db: Db, agent: Agent, agents_only: bool = False, team: Opt[str] = None):
    statement = select(User)
    if agents_only:
        statement = statement.where(User.is_agent)
    if team is not None:
        statement = statement.join(Team).where(Team.name == team)
    return list(db.scalars(statement))


@router.get("/{key}", response_model=UserRead)
def get_user(key: Union[int, str], db: Db, agent: Agent):
    try:
        user = find_user(db, key)
        if user is None:
            raise HTTPException(status_code=404, detail="no such user")
        return user
    except Exception:
        raise HTTPException(status_code=500, detail="could not read the user")


@router.post("/teams", response_model=TeamRead)
def create_team(db: Db, agent: Agent, name: str, parent: Opt[str] = None):
    try:
        above = db.scalar(select(Team).where(Team.name == parent)) if parent else None
        team = Team(name=name, parent=above)
        db.add(team)
        db.commit()
        return TeamRead(id=team.id, name=team.name, parent=as_parent(above))
    except Exception as e:
        raise HTTPException(status_code=400, detail=f"could not create the team: {e}")


@router.delete("/teams/{name}")
def delete_team(db: Db, agent: Agent, name: str):
    team = db.scalar(select(Team).where(Team.name == name))
    if team is None:
        raise HTTPException(status_code=404, detail="no such team")
    db.delete(team)
    db.commit()
    return {"deleted": True, "name": name}


def find_user(db: Db, key: Union[int, str]) -> Opt[User]:
    return db.scalar(select(User).where(or_(User.id == key, User.email == str(key))))


def as_parent(team: Opt[Team]) -> "Opt[TeamRead]":
    return TeamRead(id=team.id, name=team.name) if team else None

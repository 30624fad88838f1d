from fastapi import APIRouter, Depends

router = APIRouter()


def current_user():
    ...


@router.get("/health")
def health(user=Depends(current_user)):
    return {}


@router.get("/healthz")
async def healthz():
    return {}

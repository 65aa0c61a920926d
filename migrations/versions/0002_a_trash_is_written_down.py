"""A trash is written down, then carried out in steps

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('tasks', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_voiding', sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column('trashed_by', sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column('trashed_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('trash_after', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_tasks_trash_after'), ['trash_after'], unique=False)


def downgrade():
    with op.batch_alter_table('tasks', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tasks_trash_after'))
        batch_op.drop_column('trash_after')
        batch_op.drop_column('trashed_at')
        batch_op.drop_column('trashed_by')
        batch_op.drop_column('is_voiding')

"""The code that a store's customer had before, until the books have the new one

Revision: 0012, after 0011
"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('store_customers', schema=None) as batch_op:
        batch_op.add_column(sa.Column('was_code', sa.String(length=100), nullable=True))
        batch_op.create_index(batch_op.f('ix_store_customers_store_id_was_code'), ['store_id', 'was_code'], unique=False)


def downgrade():
    with op.batch_alter_table('store_customers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_store_customers_store_id_was_code'))
        batch_op.drop_column('was_code')
